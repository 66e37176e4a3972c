"""What wheels and sdists say of themselves, read and never run. Pure."""
