resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
}

output "arn" {
  value = aws_kms_key.app.arn
}
