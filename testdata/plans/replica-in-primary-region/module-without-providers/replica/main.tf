variable "primary_key_arn" {
  type = string
}

resource "aws_kms_replica_key" "this" {
  primary_key_arn = var.primary_key_arn
}
