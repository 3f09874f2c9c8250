"""What the reports count, marks of what was fixed, and reports by mail."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


from returns_portal.returns.roles import grant, make_permissions

ROLES = {
    "viewer": ("returns.view_reports",),
    "agent": ("returns.view_reports",),
    "manager": ("returns.view_reports", "returns.add_fix", "returns.delete_fix"),
    "admin": ("returns.view_reports", "returns.add_fix", "returns.delete_fix"),
}


def give_roles(apps, schema_editor):
    make_permissions(apps, "auth", "returns")
    grant(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0007_brand_texts_and_contact"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DailySales",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sold_on", models.DateField()),
                ("units", models.PositiveIntegerField()),
                ("lines", models.PositiveIntegerField()),
                ("returned_units", models.PositiveIntegerField(default=0)),
                ("returned_lines", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Fix",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fixed_on", models.DateField(verbose_name="fixed on")),
                ("note", models.CharField(max_length=300, verbose_name="what was done")),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "fix",
                "verbose_name_plural": "fixes",
                "ordering": ["-fixed_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Market",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sales_channel", models.CharField(blank=True, max_length=40)),
                ("country", models.CharField(blank=True, max_length=2)),
            ],
        ),
        migrations.CreateModel(
            name="ReportedLine",
            fields=[
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reported",
                        serialize=False,
                        to="returns.returnlineitem",
                    ),
                ),
                ("requested_on", models.DateField()),
                ("sold_on", models.DateField(null=True)),
                ("days_after_sale", models.IntegerField(null=True)),
                ("refunded_on", models.DateField(null=True)),
                ("units", models.PositiveIntegerField()),
                ("received_units", models.PositiveIntegerField(default=0)),
                ("condition", models.CharField(blank=True, max_length=40)),
                ("disposition", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("worth", models.DecimalField(decimal_places=3, max_digits=14)),
            ],
        ),
        migrations.CreateModel(
            name="ReportedRequest",
            fields=[
                (
                    "return_request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reported",
                        serialize=False,
                        to="returns.returnrequest",
                    ),
                ),
                ("requested_on", models.DateField()),
                ("decided_on", models.DateField(null=True)),
                ("refunded_on", models.DateField(null=True)),
                ("finished_on", models.DateField(null=True)),
                ("status", models.CharField(max_length=12)),
                ("minutes_to_decision", models.PositiveIntegerField(null=True)),
                ("minutes_to_refund", models.PositiveIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("asked", models.DecimalField(decimal_places=3, max_digits=14)),
                ("refunded", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                ("fees", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                ("units", models.PositiveIntegerField()),
                (
                    "claims",
                    models.PositiveIntegerField(
                        default=0, help_text="Units whose reason blames the shop or the carrier."
                    ),
                ),
                (
                    "shopper",
                    models.BigIntegerField(help_text="A digest; empty where unknown.", null=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportProgress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_event", models.BigIntegerField(default=0)),
                ("counted_at", models.DateTimeField(null=True)),
            ],
            options={
                "permissions": [("view_reports", "Can see the reports")],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ScheduledReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("report", models.CharField(max_length=20)),
                (
                    "every",
                    models.CharField(
                        choices=[("week", "every Monday"), ("month", "on the first of the month")],
                        max_length=8,
                        verbose_name="when",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("sent_until", models.DateField()),
                ("lease_expires_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "report by mail",
                "verbose_name_plural": "reports by mail",
            },
        ),
        migrations.CreateModel(
            name="SoldLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_item_id", models.CharField(max_length=80, unique=True)),
                ("sold_on", models.DateField()),
                ("units", models.PositiveIntegerField()),
                (
                    "shopper",
                    models.BigIntegerField(help_text="A digest; empty where unknown.", null=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SoldProduct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=300, unique=True)),
                ("title", models.CharField(max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name="SoldVariant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=700, unique=True)),
                ("title", models.CharField(blank=True, max_length=255)),
                ("sku", models.CharField(blank=True, max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name="StaleDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
            ],
        ),
        migrations.AddField(
            model_name="mirroredorder",
            name="counted",
            field=models.BooleanField(
                default=False, help_text="Whether the reports have counted what was last read."
            ),
        ),
        migrations.AddIndex(
            model_name="mirroredorder",
            index=models.Index(
                condition=models.Q(("counted", False)), fields=["id"], name="order_to_count"
            ),
        ),
        migrations.AddField(
            model_name="fix",
            name="reason",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="returns.returnreason",
            ),
        ),
        migrations.AddField(
            model_name="fix",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.UniqueConstraint(
                fields=("sales_channel", "country"), name="market_once"
            ),
        ),
        migrations.AddField(
            model_name="dailysales",
            name="market",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="returns.market"
            ),
        ),
        migrations.AddField(
            model_name="reportedline",
            name="market",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="returns.market"
            ),
        ),
        migrations.AddField(
            model_name="reportedline",
            name="reason",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="returns.returnreason",
            ),
        ),
        migrations.AddField(
            model_name="reportedrequest",
            name="decider",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reportedrequest",
            name="market",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="returns.market"
            ),
        ),
        migrations.AddField(
            model_name="scheduledreport",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scheduled_reports",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="soldline",
            name="market",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="returns.market"
            ),
        ),
        migrations.AddField(
            model_name="soldline",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="sold_lines",
                to="returns.mirroredorder",
            ),
        ),
        migrations.AddField(
            model_name="reportedline",
            name="sold_line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="returns",
                to="returns.soldline",
            ),
        ),
        migrations.AddField(
            model_name="reportedline",
            name="product",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="returns.soldproduct",
            ),
        ),
        migrations.AddField(
            model_name="fix",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fixes",
                to="returns.soldproduct",
            ),
        ),
        migrations.AddField(
            model_name="dailysales",
            name="product",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="returns.soldproduct",
            ),
        ),
        migrations.AddField(
            model_name="soldvariant",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="variants",
                to="returns.soldproduct",
            ),
        ),
        migrations.AddField(
            model_name="soldline",
            name="variant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="returns.soldvariant",
            ),
        ),
        migrations.AddField(
            model_name="reportedline",
            name="variant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="returns.soldvariant",
            ),
        ),
        migrations.AddField(
            model_name="dailysales",
            name="variant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="returns.soldvariant",
            ),
        ),
        migrations.AddIndex(
            model_name="reportedrequest",
            index=models.Index(fields=["requested_on"], name="reported_by_request_day"),
        ),
        migrations.AddIndex(
            model_name="reportedrequest",
            index=models.Index(fields=["decided_on"], name="reported_by_decision_day"),
        ),
        migrations.AddIndex(
            model_name="reportedrequest",
            index=models.Index(fields=["refunded_on"], name="reported_by_refund_day"),
        ),
        migrations.AddIndex(
            model_name="reportedrequest",
            index=models.Index(fields=["finished_on"], name="reported_by_end_day"),
        ),
        migrations.AddConstraint(
            model_name="scheduledreport",
            constraint=models.UniqueConstraint(
                fields=("user", "report", "every"), name="scheduled_report_once_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("every__in", ["week", "month"])),
                name="scheduled_report_when_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="fix",
            constraint=models.UniqueConstraint(
                fields=("product", "reason", "fixed_on"), name="fix_once_a_day"
            ),
        ),
        migrations.AddIndex(
            model_name="soldline",
            index=models.Index(fields=["sold_on"], name="sold_line_by_day"),
        ),
        migrations.AddIndex(
            model_name="soldline",
            index=models.Index(
                condition=models.Q(("shopper__isnull", False)),
                fields=["shopper"],
                name="sold_line_by_shopper",
            ),
        ),
        migrations.AddConstraint(
            model_name="soldline",
            constraint=models.CheckConstraint(
                condition=models.Q(("units__gte", 1)), name="sold_line_has_units"
            ),
        ),
        migrations.AddIndex(
            model_name="reportedline",
            index=models.Index(fields=["requested_on"], name="reported_line_by_request_day"),
        ),
        migrations.AddIndex(
            model_name="reportedline",
            index=models.Index(fields=["sold_on"], name="reported_line_by_sale_day"),
        ),
        migrations.AddIndex(
            model_name="reportedline",
            index=models.Index(fields=["refunded_on"], name="reported_line_by_refund_day"),
        ),
        migrations.AddIndex(
            model_name="reportedline",
            index=models.Index(
                fields=["product", "reason", "sold_on"], name="reported_line_by_pair"
            ),
        ),
        migrations.AddIndex(
            model_name="dailysales",
            index=models.Index(fields=["product", "sold_on"], name="daily_sales_by_product"),
        ),
        migrations.AddConstraint(
            model_name="dailysales",
            constraint=models.UniqueConstraint(
                fields=("sold_on", "market", "variant"), name="daily_sales_once_a_variant"
            ),
        ),
        migrations.AddConstraint(
            model_name="dailysales",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned_lines__lte", models.F("lines"))),
                name="daily_sales_lines_within_sold",
            ),
        ),
        migrations.RunPython(give_roles, migrations.RunPython.noop),
    ]
