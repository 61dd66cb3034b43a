"""Signing in by the organisation's OpenID Connect: authorization code flow with PKCE, one provider.

The rule to know: nothing that came by way of the browser is believed but the code, and that only
beside the state, nonce and verifier that this very browser was sent away with.
"""
