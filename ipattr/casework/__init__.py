"""What the verbs about registries and case folders do: ask with consent, keep what came, show later that it stands."""
