"""One report as it came: read strictly, checked against its kind, and every fault pointed at."""
