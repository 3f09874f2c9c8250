import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Sum


def add_up(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The totals of the days that are counted already: at most one row for each day and market."""
    total = apps.get_model("returns", "DailyTotal")
    rows = (
        apps.get_model("returns", "DailySales")
        .objects.values("sold_on", "market_id")
        .annotate(sold=Sum("units"), back=Sum("returned_units"))
    )
    total.objects.bulk_create(
        (
            total(
                sold_on=row["sold_on"],
                market_id=row["market_id"],
                units=row["sold"],
                returned_units=row["back"],
            )
            for row in rows.iterator()
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("returns", "0027_requests_to_compare")]
    operations = [
        migrations.CreateModel(
            name="DailyTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sold_on", models.DateField()),
                ("units", models.PositiveIntegerField()),
                ("returned_units", models.PositiveIntegerField()),
                (
                    "market",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="returns.market",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sold_on", "market"), name="daily_total_once_a_market"
                    )
                ],
            },
        ),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
