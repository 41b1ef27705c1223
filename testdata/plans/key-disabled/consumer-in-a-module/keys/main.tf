variable "enabled" {
  type = bool
}

resource "aws_kms_key" "this" {
  enable_key_rotation = true
  is_enabled          = var.enabled
}

output "arn" {
  value = aws_kms_key.this.arn
}
