"""Asking name servers for the hosts of a platform: how a server is spelled, what is sent, what an answer says."""
