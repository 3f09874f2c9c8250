"""Roles as groups: viewer, agent, manager, bench and admin, each with what it may do."""

from django.db import migrations

from returns_portal.returns.roles import grant, make_permissions

VIEWER = (
    "returns.view_returnrequest",
    "returns.view_returnevent",
    "returns.view_operation",
    "returns.view_difference",
    "returns.view_returnpolicy",
    "returns.view_returnreason",
)
AGENT = (
    *VIEWER,
    "returns.decide_returnrequest",
    "returns.retry_operation",
    "returns.view_personal_data",
    "returns.view_mirroredorder",
)
MANAGER = (
    *AGENT,
    "returns.change_amount_returnrequest",
    "returns.inspect_returnrequest",
    "returns.override_returnrequest",
    "returns.add_returnpolicy",
    "returns.change_returnpolicy",
    "returns.add_returnreason",
    "returns.change_returnreason",
)
PEOPLE = tuple(
    f"auth.{action}_{model}"
    for model in ("user", "group")
    for action in ("add", "change", "delete", "view")
    # People are switched off, not deleted: history names them.
    if (model, action) != ("user", "delete")
)
ROLES = {
    "viewer": VIEWER,
    "agent": AGENT,
    "manager": MANAGER,
    "bench": ("returns.inspect_returnrequest",),
    "admin": (*MANAGER, *PEOPLE, "admin.view_logentry"),
}


def make_roles(apps, schema_editor):
    make_permissions(apps, "auth", "admin", "returns")
    grant(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("returns", "0002_waiting_and_line_outcomes"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="returnrequest",
            options={
                "permissions": [
                    ("decide_returnrequest", "Can approve and decline return requests"),
                    ("change_amount_returnrequest", "Can approve another amount than the quote"),
                    ("inspect_returnrequest", "Can receive and inspect parcels at the bench"),
                    ("override_returnrequest", "Can make exceptions and act for a shopper"),
                    (
                        "view_personal_data",
                        "Can see names, e-mails, photos and messages of shoppers",
                    ),
                ],
                "verbose_name": "return request",
                "verbose_name_plural": "return requests",
            },
        ),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
