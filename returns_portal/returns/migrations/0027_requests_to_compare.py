from django.db import migrations, models

from returns_portal.returns.models.indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("returns", "0026_tiktok_rounds")]
    operations = [
        AddIndexOnline(
            model_name="returnrequest",
            index=models.Index(
                condition=models.Q(("status__in", ["approved", "received"])),
                fields=["id"],
                name="request_to_compare",
            ),
        ),
        AddIndexOnline(
            model_name="returnrequest",
            index=models.Index(
                condition=models.Q(("status", "closed")),
                fields=["closed_at", "id"],
                name="request_closed_lately",
            ),
        ),
    ]
