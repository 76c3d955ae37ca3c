"""What the log promises, and how records get into Kafka and out again."""
