variable "spec" {
  type = string
}

resource "aws_kms_key" "this" {
  customer_master_key_spec = var.spec
}
