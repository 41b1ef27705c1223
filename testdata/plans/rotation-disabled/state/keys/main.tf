resource "aws_kms_key" "never" {
  description = "Never rotated"
}

resource "aws_kms_key" "always" {
  description         = "Always rotated"
  enable_key_rotation = true
}

resource "aws_kms_key" "signing" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
}
