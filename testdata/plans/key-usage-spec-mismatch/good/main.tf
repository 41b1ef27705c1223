provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "tokens" {
  description              = "Signs session tokens"
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
}
