variable "days" {
  type     = number
  default  = 10
  nullable = false
}

resource "aws_kms_key" "this" {
  enable_key_rotation     = true
  deletion_window_in_days = var.days
}
