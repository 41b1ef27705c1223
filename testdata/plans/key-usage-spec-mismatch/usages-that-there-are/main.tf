provider "aws" {
  region = "eu-west-1"
}

locals {
  usages = {
    ECC_NIST_P384     = ["KEY_AGREEMENT", "SIGN_VERIFY"]
    ECC_SECG_P256K1   = ["SIGN_VERIFY"]
    HMAC_512          = ["GENERATE_VERIFY_MAC"]
    RSA_3072          = ["ENCRYPT_DECRYPT", "SIGN_VERIFY"]
    SM2               = ["ENCRYPT_DECRYPT", "KEY_AGREEMENT", "SIGN_VERIFY"]
    SYMMETRIC_DEFAULT = ["ENCRYPT_DECRYPT"]
  }
}

resource "aws_kms_key" "app" {
  for_each = merge([for spec, usages in local.usages : { for usage in usages : "${spec} ${usage}" => [spec, usage] }]...)

  customer_master_key_spec = each.value[0]
  key_usage                = each.value[1]
}
