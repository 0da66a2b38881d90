"""Movement, money, roles and assets of networks, from all their records."""
