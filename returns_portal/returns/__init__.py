"""The returns domain: facts, rules, decisions, and the operations they owe the outside world."""
