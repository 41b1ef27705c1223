provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "tier" {
  input = true
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  multi_region        = terraform_data.tier.output
}
