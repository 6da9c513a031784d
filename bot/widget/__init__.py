"""The web widget that organisations embed: its script, its pages, its sites, their counts.

`client/` holds plain ES modules, served as one file (`script`); `pages/` holds what surrounds them:
the frame for sites that forbid scripts, and `/embed`, where an organisation makes its tag.
"""
