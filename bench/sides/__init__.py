"""The sides that take part: each gives `work`, whose members are what `bench/peers` exports."""
