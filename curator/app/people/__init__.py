"""Who is who: sign-in, sessions, OpenID Connect, access control."""
