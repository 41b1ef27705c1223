variable "days" {
  type = number
}

resource "aws_kms_key" "this" {
  count = 1

  enable_key_rotation     = true
  rotation_period_in_days = var.days
}
