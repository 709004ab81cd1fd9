"""`reviewstream doctor`: does every server accept our login, over a secure connection, with the rights that workers need?"""
