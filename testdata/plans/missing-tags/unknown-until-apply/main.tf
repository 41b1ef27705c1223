provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "team" {
  input = "payments"
}

resource "aws_kms_key" "value" {
  enable_key_rotation = true

  tags = {
    Owner = terraform_data.team.output
  }
}

resource "aws_kms_key" "keys" {
  enable_key_rotation = true

  tags = {
    (terraform_data.team.output) = "payments"
  }
}
