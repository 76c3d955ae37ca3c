"""What every process has: settings, a database, migrations, commands, and what it writes about its own running."""
