provider "aws" {
  region = "eu-west-1"
}

module "keys" {
  source = "./keys"
}
