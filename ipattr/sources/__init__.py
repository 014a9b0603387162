"""The only room that may reach a network: transports fetch, readers read what came back."""
