"""What workers share, in the database: source leases, host paces, robots.txt files, and the workers themselves."""
