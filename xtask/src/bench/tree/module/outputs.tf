output "role_arn" {
  value = aws_iam_role.this.arn
}

output "queue_url" {
  value = aws_sqs_queue.this.url
}

output "queue_arn" {
  description = "For those who send."
  value       = aws_sqs_queue.this.arn
}

output "log_group" {
  value = aws_cloudwatch_log_group.this.name
}
