provider "aws" {
  region = "eu-west-1"
}

module "keys" {
  source = "./keys"

  for_each = {
    tokens   = "SYMMETRIC_DEFAULT"
    sessions = "SYMMETRIC_DEFAULT"
  }

  spec = each.value
}
