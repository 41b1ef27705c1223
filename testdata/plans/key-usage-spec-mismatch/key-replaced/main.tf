provider "aws" {
  region = "eu-west-1"
}

module "keys" {
  source = "./keys"

  for_each = {
    tokens   = "HMAC_256"
    sessions = "SYMMETRIC_DEFAULT"
  }

  spec = each.value
}
