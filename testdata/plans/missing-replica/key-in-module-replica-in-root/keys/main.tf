resource "aws_kms_key" "this" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "enabled"
  }
}

output "arn" {
  value = aws_kms_key.this.arn
}
