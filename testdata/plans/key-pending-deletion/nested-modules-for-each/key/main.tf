data "aws_kms_key" "this" {
  key_id = "alias/app"
}

output "arn" {
  value = data.aws_kms_key.this.arn
}
