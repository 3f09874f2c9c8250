from django.db import migrations, models

from returns_portal.returns.models.indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("returns", "0024_kept_versions")]
    operations = [
        AddIndexOnline(
            model_name="returnrequest",
            index=models.Index(
                condition=models.Q(
                    ("refunded_at__isnull", True),
                    ("settlement", "external"),
                    ("status__in", ["approved", "received"]),
                ),
                fields=["id"],
                name="request_to_confirm",
            ),
        ),
    ]
