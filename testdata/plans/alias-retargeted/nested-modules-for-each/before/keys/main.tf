resource "aws_kms_key" "this" {
  for_each = toset(["blue", "green"])

  enable_key_rotation = true
}

output "ids" {
  value = { for name, key in aws_kms_key.this : name => key.key_id }
}
