"""Tables and facts become text: answers, offices, organisations, and what checks them."""
