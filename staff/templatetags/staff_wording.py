"""Staff's words in templates: amounts, moments, what happened and who did it."""

from django import template

from staff import wording

register = template.Library()

register.filter("money", wording.money)
register.filter("money_of", wording.money_of)
register.filter("moment", wording.moment)
register.filter("day", wording.day)
register.filter("event_title", wording.event_title)
register.filter("event_words", wording.event_words)
register.filter("event_actor", wording.event_actor)
register.filter("step_title", wording.step_title)
register.filter("instant", wording.instant)
register.filter("plain", wording.plain)
