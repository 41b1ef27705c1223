variable "key_arn" {
  type = string
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = var.key_arn
}
