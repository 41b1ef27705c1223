variable "primary" {
  type = string
}

resource "aws_kms_replica_key" "app" {
  primary_key_arn = var.primary
}
