"""The staff side's Django apps: the admin site and what is registered in it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class StaffAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "staff.site.StaffSite"


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = "Staff"
