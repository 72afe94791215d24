"""What is shown: findings in every format, models as tables and drawings, the report."""
