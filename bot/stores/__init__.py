"""The two Redis stores, and the folder of the embedded ones.

`keys` is the table of what may be kept and how long, `conversation` what is kept of one, `store`
what is asked of a server, `client` how it is called, `kinds` what it must be like, `embedded`
servers of our own, `folder` whose the data folder is.
"""
