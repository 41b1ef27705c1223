provider "aws" {
  region = "eu-west-1"
}

locals {
  usages = {
    ECC_NIST_P384     = ["GENERATE_VERIFY_MAC"]
    ECC_SECG_P256K1   = ["KEY_AGREEMENT"]
    HMAC_512          = ["SIGN_VERIFY"]
    RSA_3072          = ["KEY_AGREEMENT", "GENERATE_VERIFY_MAC"]
    SM2               = ["GENERATE_VERIFY_MAC"]
    SYMMETRIC_DEFAULT = ["SIGN_VERIFY"]
  }
}

resource "aws_kms_key" "app" {
  for_each = merge([for spec, usages in local.usages : { for usage in usages : "${spec} ${usage}" => [spec, usage] }]...)

  customer_master_key_spec = each.value[0]
  key_usage                = each.value[1]
}
