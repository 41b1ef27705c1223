variable "rotation" {
  type = bool
}

resource "aws_kms_key" "this" {
  customer_master_key_spec = "RSA_4096"
  key_usage                = "SIGN_VERIFY"
  enable_key_rotation      = var.rotation
}
