provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "frankfurt" {
  provider            = aws.frankfurt
  description         = "orders"
  enable_key_rotation = true
}

resource "aws_kms_alias" "frankfurt" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.frankfurt.key_id
}
