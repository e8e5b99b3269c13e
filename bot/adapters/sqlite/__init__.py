"""The books. Rule: SQL stands nowhere else."""
