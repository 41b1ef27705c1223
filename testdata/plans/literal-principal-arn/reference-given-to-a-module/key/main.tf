variable "policy" {
  type = string
}

resource "aws_kms_key" "this" {
  description         = "Application data"
  enable_key_rotation = true
  policy              = var.policy
}
